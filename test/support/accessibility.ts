import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

/** Problems that axe-core finds in the app's frame, one a line, by all its rules. */
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
