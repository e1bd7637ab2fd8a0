import { expect, it } from '@jest/globals';
import { asNotification, Failure } from './failure.js';

it('is text in a notification', () => {
  const words = asNotification(new Failure('<img src=x>', { effect: 'none', fix: `"a" & 'b'` }));
  expect(words).toBe('&#60;img src=x&#62; &#34;a&#34; &#38; &#39;b&#39;');
});
