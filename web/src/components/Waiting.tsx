// Progress, for what takes longer than a moment.
import { useEffect, useState } from "preact/hooks";

const MOMENT = 300;

export function Waiting({ text }: { text: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), MOMENT);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p class="waiting" role="status">
      {late ? text : ""}
    </p>
  );
}
