import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** What axe-core finds wrong with the app in its frame, one line each; every rule that axe has for WCAG and good practice. */
export async function violationsIn(page: Page): Promise<string[]> {
  const frame = page.frames().find((each) => each.url().includes('/iframe.html'));
  if (frame === undefined) throw new Error('The page has no app.');
  await frame.addScriptTag({ content: AXE });
  const violations = await frame.evaluate<Violation[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html} ${failureSummary ?? ''}`),
  );
}
