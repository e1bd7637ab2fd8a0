import { type AST, RegExpParser } from '@eslint-community/regexpp';

/** Sample characters for a character class, the plain ones first. */
const CANDIDATES = Array.from('a0 -_.=/"\'<>{}()[]:;,&%+@#!?AZ\n\t\u00e9\u0000\ud7ff');
/** Longer samples are cut: repetitions come early in a pattern. */
const SAMPLE_MAX = 24;
/** Samples of one pattern; each follows another of its alternatives. */
const CHOICES = 3;

/** Texts of a given length that almost match a pattern but fail at the end. */
export function buildAttacks(pattern: RegExp): ((length: number) => string)[] {
  const parsed = new RegExpParser().parsePattern(pattern.source, undefined, undefined, {
    unicode: pattern.unicode,
    unicodeSets: pattern.flags.includes('v'),
  });
  const parts = new Map<string, [string, string]>();
  for (let choice = 0; choice < CHOICES; choice += 1) {
    const sample = sampleAlternatives(parsed.alternatives, choice, pattern.flags).slice(
      0,
      SAMPLE_MAX,
    );
    for (let at = 0; at < sample.length; at += 1) {
      for (const pump of [sample.slice(0, at + 1), sample.slice(at), sample.charAt(at)]) {
        for (const prefix of ['', sample.slice(0, at)]) {
          parts.set(JSON.stringify([prefix, pump]), [prefix, pump]);
        }
      }
    }
  }
  return [...parts.values()].map(
    ([prefix, pump]) =>
      (length) =>
        `${prefix}${pump.repeat(Math.ceil(length / pump.length))}`.slice(0, length - 1) + '\u0001',
  );
}

function sampleAlternatives(
  alternatives: readonly AST.Alternative[],
  choice: number,
  flags: string,
): string {
  const alternative = alternatives[Math.min(choice, alternatives.length - 1)];
  return (alternative?.elements ?? []).map((each) => sampleElement(each, choice, flags)).join('');
}

function sampleElement(element: AST.Element, choice: number, flags: string): string {
  switch (element.type) {
    case 'Character':
      return String.fromCodePoint(element.value);
    case 'CharacterSet':
    case 'CharacterClass':
    case 'ExpressionCharacterClass': {
      const single = new RegExp(`^(?:${element.raw})$`, flags.replace(/[gy]/g, ''));
      return CANDIDATES.find((each) => single.test(each)) ?? '';
    }
    case 'Quantifier':
      return sampleElement(element.element, choice, flags);
    case 'Group':
    case 'CapturingGroup':
      return sampleAlternatives(element.alternatives, choice, flags);
    case 'Assertion':
    case 'Backreference':
      return '';
  }
}
