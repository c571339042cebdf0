// Stands in for @codemirror/lang-html (see build.mjs): Markdown brings along the languages of web pages, scripts and styles, to
// colour tags within prose. That is a fifth of the bundle, for what a postmortem hardly has; its tags stay plain here.
import { Language, LanguageSupport, defineLanguageFacet } from "@codemirror/language";
import { NodeType, Parser, Tree, type Input, type PartialParse, type TreeFragment } from "@lezer/common";

class Plain extends Parser {
  createParse(_input: Input, _fragments: readonly TreeFragment[], ranges: readonly { from: number; to: number }[]): PartialParse {
    const [from, to] = [ranges[0]?.from ?? 0, ranges[ranges.length - 1]?.to ?? 0];
    return { parsedPos: to, stoppedAt: null, stopAt: () => undefined, advance: () => new Tree(NodeType.none, [], [], to - from) };
  }
}

export const html = (): LanguageSupport => new LanguageSupport(new Language(defineLanguageFacet(), new Plain(), [], "html"));
export const htmlCompletionSource = (): null => null;
