// A value once it has stayed the same for a while: what a slider is moved through isn't worth a long computation.
import { useEffect, useState } from "preact/hooks";

/** The last value that stayed for `rest` milliseconds; the first one counts at once. */
export function useRested<Value>(value: Value, rest: number): Value {
  const [rested, setRested] = useState(value);
  const written = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), rest);
    return () => clearTimeout(timer);
  }, [written]);
  return rested;
}
