import { expect, it } from '@jest/globals';
import { Failure, toNotificationHtml } from './failure.js';

it('escapes a failure for a notification', () => {
  const failure = new Failure('<img src=x>', { effect: 'none', fix: `"a" & 'b'` });
  expect(toNotificationHtml(failure)).toBe('&#60;img src=x&#62; &#34;a&#34; &#38; &#39;b&#39;');
});
