import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { toPlainText } from '../src/channelback/message-text.js';
import { CHANNELBACK_LIMITS } from '../src/zendesk/limits.js';
import { buildAttacks } from './support/attack-strings.js';

const FOLDERS = ['src', 'zendesk-app', 'sandbox'];
/** The short lengths end a test early when a pattern takes exponential or quadratic time. */
const LENGTHS = [22, 25, 28, 1000, 10_000, 30_000, 100_000];
/** A linear pattern takes a few times the reference, a quadratic one thousands of times. */
const TIMES_REFERENCE = 200;
/** Below this, a measurement depends more on the machine than on the pattern. */
const REFERENCE_MIN_MS = 0.2;
const TRIES = 2;

interface Literal {
  readonly name: string;
  readonly pattern: RegExp;
}

function literals(): Literal[] {
  const found = new Map<string, Literal>();
  for (const folder of FOLDERS) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(?:ts|js)$/.test(file) || /\.spec\.ts$|\.d\.ts$|node_modules/.test(file)) continue;
      const path = join(folder, file);
      const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
      const visit = (node: ts.Node): void => {
        if (ts.isRegularExpressionLiteral(node)) {
          const end = node.text.lastIndexOf('/');
          const pattern = new RegExp(node.text.slice(1, end), node.text.slice(end + 1));
          found.set(node.text, { name: `${path} ${node.text}`, pattern });
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
    }
  }
  return [...found.values()];
}

/** Milliseconds for one search, or for a search of the whole text with a global pattern. */
function measure(pattern: RegExp, text: string): number {
  const start = performance.now();
  if (pattern.global) text.replace(pattern, '');
  else pattern.test(text);
  return performance.now() - start;
}

function measureReference(text: string): number {
  // The first run may include the compilation of the pattern.
  const times = [1, 2].map(() => measure(/[^\0]/g, text));
  return Math.max(REFERENCE_MIN_MS, Math.min(...times));
}

/** The reference takes longer than most patterns, so it runs only where it can decide. */
function isSlow(ms: number, text: string): boolean {
  return ms > TIMES_REFERENCE * REFERENCE_MIN_MS && ms > TIMES_REFERENCE * measureReference(text);
}

/** The beginning and length of a text that takes a pattern too long; undefined without one. */
function slowAttack({ pattern }: Literal): string | undefined {
  for (const attack of buildAttacks(pattern)) {
    for (const length of LENGTHS) {
      const text = attack(length);
      const tries = length < 50_000 ? TRIES : 1;
      if (Array.from({ length: tries }).every(() => isSlow(measure(pattern, text), text))) {
        return `${JSON.stringify(text.slice(0, 40))}… of ${String(length)} characters`;
      }
    }
  }
  return undefined;
}

describe('regular expressions', () => {
  it.each([String.raw`<(?:a|b)(?:\s+\w+=[^>]*|\s*)>`, '/+$', '^(?:a+)+$', '^.*a.*b.*c$'])(
    'are found by this test when they are slow: %s',
    (source) => {
      expect(slowAttack({ name: 'slow', pattern: new RegExp(source) })).toBeDefined();
    },
  );

  it('take linear time on 100,000 hostile characters', () => {
    const all = literals();
    expect(all.length).toBeGreaterThan(50);
    const slow = all.flatMap((each) => {
      const attack = slowAttack(each);
      return attack === undefined ? [] : [`${each.name} with ${attack}`];
    });
    expect(slow).toEqual([]);
  }, 120_000);
});

describe('the text of a reply', () => {
  it.each(['<a x=', '<a ', '<a\t\nx', '&amp', '<', '</', '<i x="', ' '])(
    'is read in linear time when it repeats %j',
    (part) => {
      const text = part.repeat(CHANNELBACK_LIMITS.message).slice(0, CHANNELBACK_LIMITS.message);
      const ratios = Array.from({ length: TRIES }, () => {
        const start = performance.now();
        toPlainText(text);
        return (performance.now() - start) / measureReference(text);
      });
      expect(Math.min(...ratios)).toBeLessThan(TIMES_REFERENCE);
    },
  );
});
