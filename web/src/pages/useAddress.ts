// The address of a page whose whole state is in it: written when the reader rests, followed when it changes from outside.
import { useEffect, useRef } from "preact/hooks";

const REST = 200; // milliseconds; browsers refuse to change the address at every move of a drag

/** Tell of a new address once the reader rests; call `follow` when an address comes from outside. */
export function useAddress(
  parameters: URLSearchParams,
  onChange: (parameters: URLSearchParams) => void,
  follow: (address: URLSearchParams) => void,
) {
  const told = useRef(parameters.toString());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const text = parameters.toString();
  useEffect(() => {
    if (text === told.current) return;
    told.current = text;
    clearTimeout(timer.current);
    follow(parameters);
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (address: URLSearchParams) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      told.current = address.toString();
      onChange(address);
    }, REST);
  };
}
