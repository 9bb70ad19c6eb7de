// One rule for all copying: a rounded number that is selected is copied with all of its digits.

/** What shows one rounded number and holds all of it; a tensor's summary (data-open) isn't a number. */
const NUMBER = "[data-value]:not([data-open], :has([data-value])), data[value]";

/** Keep the rule on this page. */
export function copyInFull(): void {
  document.addEventListener("copy", (event) => {
    const text =
      event.target instanceof HTMLInputElement ? wholeField(event.target) : selected(document.getSelection());
    if (text === null) return;
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  });
}

/** Put a text on the clipboard, at a click. A page that comes from another machine isn't given the newer way. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).catch(() => undefined);
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener("copy", put, { capture: true, once: true });
  document.execCommand("copy");
}

/** A field's number when all that the field shows is selected; a part of it is copied as it stands. */
function wholeField(field: HTMLInputElement): string | null {
  const isWhole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
  return isWhole ? (field.dataset["value"] ?? null) : null;
}

/** What a selection says, its numbers in full; null where it holds none. */
function selected(selection: Selection | null): string | null {
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const inside = elementOf(range.commonAncestorContainer)?.closest(NUMBER);
  if (inside) return numberIn(inside); // a part of a rounded number says nothing by itself
  const copy = document.createElement("div");
  copy.append(range.cloneContents());
  const numbers = copy.querySelectorAll(NUMBER);
  for (const number of numbers) number.textContent = numberIn(number);
  return numbers.length ? laidOut(copy) : null;
}

function elementOf(node: Node): Element | null {
  return node instanceof Element ? node : node.parentElement;
}

function numberIn(element: Element): string {
  return element.getAttribute("data-value") ?? element.getAttribute("value") ?? "";
}

/** An element's text with its lines and columns, which only an element on the page has. */
function laidOut(element: HTMLElement): string {
  element.className = "unseen";
  document.body.append(element);
  const text = element.innerText;
  element.remove();
  return text;
}
