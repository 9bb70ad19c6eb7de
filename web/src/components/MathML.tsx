// Mathematics made in Python: put in as it is.

export function MathML({ source, label }: { source: string; label?: string }) {
  if (!source) return null;
  return (
    <span
      class="math"
      aria-label={label}
      role={label ? "img" : undefined}
      dangerouslySetInnerHTML={{ __html: source }}
    />
  );
}
