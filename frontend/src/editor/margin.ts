// The margin: the one list of findings, redrawn when the server has looked again.
import type { Finding } from "./server";

const WORDS: Record<string, string> = {
  "claim/uncited": "Cites nothing",
  "citation/undefined": "No footnote",
  "citation/unresolved": "No such event",
  "footnote/unused": "Not cited",
  "footnote/twice": "Defined twice",
  "proposal/waiting": "Proposed",
  "practice/question": "Question",
};

export function drawFindings(list: HTMLElement, count: HTMLElement, findings: Finding[], go: (finding: Finding) => void): void {
  count.textContent = String(findings.length);
  const rows = findings.map((finding) => {
    const row = document.createElement("li");
    row.className = `finding ${finding.severity}`;
    const rule = document.createElement("span");
    rule.className = "rule";
    rule.textContent = WORDS[finding.rule] ?? finding.rule;
    const link = document.createElement("a");
    link.href = finding.path.startsWith("sections/") ? `#s-${finding.path.slice(9)}` : `#${finding.path.replace("/", "-")}`;
    link.textContent = finding.message;
    link.addEventListener("click", (event) => {
      if (!finding.path.startsWith("sections/")) return;
      event.preventDefault();
      go(finding);
    });
    row.append(rule, link);
    return row;
  });
  list.replaceChildren(...rows);
}
