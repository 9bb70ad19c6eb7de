// The first line of a dropped table: which columns there are to choose a target from.
export const MOST_BYTES = 4_000_000;

const MOST_COMMENTS = 200; // lines above the names that begin with #

/** The columns' names; the separator is the one that the line has most of, and quoted names may hold it. */
export function columnsOf(text: string): string[] {
  const line =
    text
      .replace(/^\uFEFF/, "")
      .split(/\r?\n/, MOST_COMMENTS)
      .find((one) => one.trim() && !one.startsWith("#")) ?? "";
  const counts = [",", ";", "\t"].map((separator): [string, number] => [separator, line.split(separator).length]);
  const [separator] = counts.reduce((best, one) => (one[1] > best[1] ? one : best));
  return [...line.matchAll(new RegExp(`(?:^|${separator})(?:"((?:[^"]|"")*)"|([^${separator}]*))`, "g"))]
    .map(([, quoted, plain]) => (quoted?.replaceAll('""', '"') ?? plain ?? "").trim())
    .filter((name) => name !== "");
}
