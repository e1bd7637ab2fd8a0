import { describe, expect, it } from '@jest/globals';
import { html } from './html.js';

const HOSTILE = `"><script>alert('x')</script>&amp;`;

describe('html', () => {
  it('escapes texts in elements and in attributes', () => {
    const { text } = html`<a title="${HOSTILE}">${HOSTILE}</a>`;
    expect(text).not.toMatch(/<script|'|amp;x/);
    expect(text.match(/"/g)).toHaveLength(2);
    expect(text).toContain('&#34;&#62;&#60;script&#62;');
    expect(text).toContain('&#38;amp;');
  });

  it('keeps its own markup, also in lists', () => {
    const items = [html`<b>1</b>`, html`<b>${2}</b>`, '<'];
    expect(html`<i>${items}</i>`.text).toBe('<i><b>1</b><b>2</b>&#60;</i>');
  });

  it('leaves out false, undefined and empty lists', () => {
    expect(html`a${undefined}b${false}c${[]}d`.text).toBe('abcd');
  });

  it('throws for an object that only looks like markup', () => {
    const forged = { text: '<b>' } as unknown as string;
    expect(() => html`${forged}`.text).toThrow();
  });
});
