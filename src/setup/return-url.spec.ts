import { describe, expect, it } from '@jest/globals';
import { findReturnUrlProblem } from './return-url.js';

const PATH = '/zendesk/channels/integration_service_instances/editor_finalizer';

describe('findReturnUrlProblem', () => {
  it.each([
    `https://omniwear.zendesk.com${PATH}`,
    'https://omniwear.zendesk.com:443/x?y=1#z',
    'https://OMNIWEAR.zendesk.com/x',
  ])('accepts %s', (url) => {
    expect(findReturnUrlProblem(url, 'omniwear', undefined)).toBeUndefined();
  });

  it.each([
    ['http://omniwear.zendesk.com/x', 'not_https'],
    ['ftp://omniwear.zendesk.com/x', 'not_https'],
    ['javascript:alert(1)//omniwear.zendesk.com', 'not_https'],
    ['data:text/html,omniwear.zendesk.com', 'not_https'],
    ['https://trailhead.zendesk.com/x', 'not_this_zendesk'],
    ['https://zendesk.com/x', 'not_this_zendesk'],
    ['https://a.omniwear.zendesk.com/x', 'not_this_zendesk'],
    ['https://omniwear.zendesk.com.evil.example/x', 'not_this_zendesk'],
    ['https://omniwear.zendesk.com./x', 'not_this_zendesk'],
    ['https://evil.example/omniwear.zendesk.com', 'not_this_zendesk'],
    ['https://evil.example#omniwear.zendesk.com', 'not_this_zendesk'],
    ['https://evil.example\\@omniwear.zendesk.com/x', 'not_this_zendesk'],
    ['https://omniwear.zendesk.com\\@evil.example/x', undefined],
    ['https://omniwear.zendesk.com@evil.example/x', 'not_this_zendesk'],
    ['https://evil@omniwear.zendesk.com/x', 'not_this_zendesk'],
    ['https://:pass@omniwear.zendesk.com/x', 'not_this_zendesk'],
    ['https://omniwear.zendesk.com:8443/x', 'not_this_zendesk'],
    ['https://omniwear%2ezendesk.com.evil.example/x', 'not_this_zendesk'],
    ['https://omniweаr.zendesk.com/x', 'not_this_zendesk'],
    ['//omniwear.zendesk.com/x', 'not_this_zendesk'],
    ['/x', 'not_this_zendesk'],
    ['', 'not_this_zendesk'],
    ['http://127.0.0.1:4000/x', 'not_https'],
  ])('reports %s as %s', (url, problem) => {
    expect(findReturnUrlProblem(url, 'omniwear', undefined)).toBe(problem);
    // An accepted address leads to the intended host.
    if (problem === undefined) expect(new URL(url).host).toBe('omniwear.zendesk.com');
  });

  it('accepts the loopback Zendesk of the operator, but no other port', () => {
    const origin = 'http://127.0.0.1:4000';
    expect(findReturnUrlProblem(`${origin}/x`, 'omniwear', origin)).toBeUndefined();
    expect(findReturnUrlProblem('http://127.0.0.1:4001/x', 'omniwear', origin)).toBe('not_https');
    expect(findReturnUrlProblem('http://a@127.0.0.1:4000/x', 'omniwear', origin)).toBe(
      'not_this_zendesk',
    );
  });
});
