// A walk file that was picked or dropped anywhere on the page.
import { useEffect, useState } from "preact/hooks";
import { refused } from "../carriers/carrier";
import { LARGEST, type ErrorReply } from "../protocol";

export interface WalkFile {
  name: string;
  text: string;
}

interface Opening {
  file: WalkFile | null;
  /** Why the last file couldn't be read. */
  unread: ErrorReply | null;
  /** A file is held over the page. */
  isOver: boolean;
  open(picked: File | undefined): void;
  close(): void;
}

export function useWalkFile(taken: (name: string) => void): Opening {
  const [file, setFile] = useState<WalkFile | null>(null);
  const [unread, setUnread] = useState<ErrorReply | null>(null);
  const open = (picked: File | undefined) => {
    if (!picked) return;
    const problem = tooLarge(picked);
    setUnread(problem);
    if (!problem)
      void picked.text().then(
        (text) => {
          setFile({ name: picked.name, text });
          taken(picked.name);
        },
        () => setUnread(unreadable(picked)),
      );
  };
  const isOver = useDropping(open);
  return {
    file,
    unread,
    isOver,
    open,
    close: () => {
      setFile(null);
      setUnread(null);
    },
  };
}

/** Whether a file is held over the page. One that is dropped is taken wherever that is: the browser would leave the page for it. */
function useDropping(take: (file: File | undefined) => void): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    const on = (kind: "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void) =>
      addEventListener(
        kind,
        (event) => {
          if (event.dataTransfer?.types.includes("Files")) act(event);
        },
        { signal: stop.signal },
      );
    on("dragover", (event) => {
      event.preventDefault();
      setOver(true);
    });
    on("dragleave", (event) => {
      if (event.relatedTarget === null) setOver(false);
    });
    on("drop", (event) => {
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer?.files[0]);
    });
    return () => stop.abort();
  }, [take]);
  return isOver;
}

/** Looked at before reading: a file of gigabytes would take the page down. */
function tooLarge({ name, size }: File): ErrorReply | null {
  if (size <= LARGEST) return null;
  return refused(
    "too-large",
    `the file ${name} has ${size.toLocaleString("en")} bytes, and the studio opens files of up to ${LARGEST.toLocaleString("en")}`,
    "save a walk of a smaller batch",
  ).reply;
}

function unreadable({ name }: File): ErrorReply {
  return refused("walk", `the file ${name} can't be read`, "see whether it is still there").reply;
}
