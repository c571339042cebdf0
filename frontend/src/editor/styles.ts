// CodeMirror writes its styles into the page as an element, which a strict content policy forbids. A constructed style sheet
// is no inline style: all that is mounted goes into one, which the page adopts.
import { StyleModule } from "style-mod";

const mounted: StyleModule[] = [];
const sheet = new CSSStyleSheet();

export function adoptStyles(): void {
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  StyleModule.mount = (_root, modules) => {
    const before = mounted.length;
    for (const each of Array.isArray(modules) ? modules : [modules]) if (!mounted.includes(each)) mounted.push(each);
    if (mounted.length !== before) sheet.replaceSync([...mounted].reverse().map((each) => each.getRules()).join("\n"));
  };
}
