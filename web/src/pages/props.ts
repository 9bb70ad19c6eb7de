// What every page of the studio is given.
import type { Carrier } from "../carriers/carrier";

export interface PageProps {
  carrier: Carrier;
  /** The state of the page, as it stands in the address. */
  parameters: URLSearchParams;
  /** Puts another state into the address. */
  onChange: (parameters: URLSearchParams) => void;
}
