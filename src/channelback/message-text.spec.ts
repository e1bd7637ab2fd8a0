import { describe, expect, it } from '@jest/globals';
import { toPlainText } from './message-text.js';

describe('toPlainText', () => {
  it.each([
    ['Thanks!', 'Thanks!'],
    ['  We <3 you & your dog > cat \n', 'We <3 you & your dog > cat'],
    ['a <b and c> d', 'a <b and c> d'],
    ['<p>Hello Mira,</p><p>it will &amp; soon.</p>', 'Hello Mira,\n\nit will & soon.'],
    ['<div>One<br>two</div>', 'One\ntwo'],
    ['<p>See <a href="https://x.example/a">our shop</a></p>', 'See our shop [https://x.example/a]'],
    ['<p><img src="https://x.example/i.png"></p>', ''],
    ['<p>a</p><script>alert(1)</script>', 'a'],
    ['<b>bold</b> 5 < 6', 'bold 5 < 6'],
    ['<h1>Hello</h1><p>Mira</p>', 'Hello\n\nMira'],
    ['<table><tr><td>Size</td><td>M</td></tr></table>', 'Size\n\nM'],
    ['Q&amp;A,\nyou &lt;3 us', 'Q&A,\nyou <3 us'],
  ])('converts %j to text', (message, text) => {
    expect(toPlainText(message)).toBe(text);
  });

  it('handles deeply nested elements', () => {
    expect(toPlainText(`${'<div>'.repeat(13_000)}deep`).length).toBeLessThan(10);
    expect(toPlainText(`${'<div>'.repeat(50)}deep`)).toBe('deep');
  });
});
