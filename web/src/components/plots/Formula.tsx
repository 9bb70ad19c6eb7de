// A formula in MathML as the engine wrote it; as typed where there is none.

/** `left = formula` (without `left` where the formula names its parts itself); the markup comes from the engine's own writer, which escapes what was typed. */
export function Formula({ mathml, text, left }: { mathml: string; text: string; left?: string }) {
  return (
    <span class="gw-formula">
      {left && (
        <>
          <i>{left}</i> ={" "}
        </>
      )}
      {mathml ? <span dangerouslySetInnerHTML={{ __html: mathml }} /> : <code>{text}</code>}
    </span>
  );
}
