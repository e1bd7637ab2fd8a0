import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { HttpModuleOptions } from '@nestjs/axios';
import type { Configuration } from '../config/index.js';
import { ANSWER_MAX_BYTES } from './graph-request.js';

/** The largest request: two tokens of 3,000 characters, each of up to 3 bytes in a form. */
const REQUEST_MAX_BYTES = 32_768;

/**
 * How a login's requests for a token connect. By default, axios has no limits, follows redirects,
 * obeys proxy variables of the environment and lets an absolute URL replace the host. The last
 * three would send the app's secret elsewhere.
 */
export function loginPolicy({
  instagramGraphUrl,
  instagramGraphVersion,
}: Configuration): HttpModuleOptions {
  return {
    baseURL: `${instagramGraphUrl}/${instagramGraphVersion}`,
    allowAbsoluteUrls: false,
    // Logins are rare, so each connection closes after its answer.
    httpAgent: new HttpAgent({ keepAlive: false }),
    // Explicit, so NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot switch it off.
    httpsAgent: new HttpsAgent({
      keepAlive: false,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    }),
    maxRedirects: 0,
    proxy: false,
    maxContentLength: ANSWER_MAX_BYTES,
    maxBodyLength: REQUEST_MAX_BYTES,
    // An answer of any status is read. Its body stays text until `readGraphAnswer` parses it.
    validateStatus: null,
    responseType: 'text',
    transformResponse: [],
    headers: { accept: 'application/json' },
  };
}
