import { describe, expect, it } from '@jest/globals';
import { faultOfReturnUrl } from './return-url.js';

const PATH = '/zendesk/channels/integration_service_instances/editor_finalizer';

describe('faultOfReturnUrl', () => {
  it.each([
    `https://omniwear.zendesk.com${PATH}`,
    'https://omniwear.zendesk.com:443/x?y=1#z',
    'https://OMNIWEAR.zendesk.com/x',
  ])('takes %s', (url) => {
    expect(faultOfReturnUrl(url, 'omniwear', undefined)).toBeUndefined();
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
  ])('of %s is %s', (url, fault) => {
    expect(faultOfReturnUrl(url, 'omniwear', undefined)).toBe(fault);
    // What is taken leads to the host that was meant, whatever stands behind it.
    if (fault === undefined) expect(new URL(url).host).toBe('omniwear.zendesk.com');
  });

  it('takes a loopback Zendesk where the operator named it, and no other port of it', () => {
    const origin = 'http://127.0.0.1:4000';
    expect(faultOfReturnUrl(`${origin}/x`, 'omniwear', origin)).toBeUndefined();
    expect(faultOfReturnUrl('http://127.0.0.1:4001/x', 'omniwear', origin)).toBe('not_https');
    expect(faultOfReturnUrl('http://a@127.0.0.1:4000/x', 'omniwear', origin)).toBe(
      'not_this_zendesk',
    );
  });
});
