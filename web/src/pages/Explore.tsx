// Stands in for the page that explores functions.
import type { Carrier } from "../carriers/carrier";

export function Explore(_: { carrier: Carrier; parameters: URLSearchParams }) {
  return <p>Explore a function.</p>;
}
