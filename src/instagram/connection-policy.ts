import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { HttpModuleOptions } from '@nestjs/axios';
import type { Configuration } from '../config/index.js';

/**
 * The largest answer that is read, in bytes. A page of 50 comments, each with 50 replies of 2,200 characters, would have 6 MB;
 * what people write has a twentieth of it.
 */
export const ANSWER_MAX_BYTES = 4_194_304;
/** The largest request that is sent, in bytes: a comment of 2,200 characters, of up to 12 bytes each in JSON. */
const REQUEST_MAX_BYTES = 32_768;
/** How long an unused connection is kept, in milliseconds. */
const IDLE_MS = 30_000;

/**
 * How the service connects to the Graph API. axios by itself has no limits, follows redirects, obeys proxy variables of
 * the environment and lets an absolute URL replace the host: each of these would carry the token elsewhere.
 */
export function connectionPolicy(configuration: Configuration): HttpModuleOptions {
  const pool = {
    keepAlive: true,
    maxSockets: configuration.instagramMaxConnections,
    maxTotalSockets: configuration.instagramMaxConnections,
    scheduling: 'lifo',
    timeout: IDLE_MS,
  } as const;
  return {
    baseURL: `${configuration.instagramGraphUrl}/${configuration.instagramGraphVersion}`,
    allowAbsoluteUrls: false,
    httpAgent: new HttpAgent(pool),
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED in the environment cannot switch it off.
    httpsAgent: new HttpsAgent({ ...pool, rejectUnauthorized: true, minVersion: 'TLSv1.2' }),
    maxRedirects: 0,
    proxy: false,
    maxContentLength: ANSWER_MAX_BYTES,
    maxBodyLength: REQUEST_MAX_BYTES,
    // Every status is an answer to be read; the body stays text, which the reader below parses with care.
    validateStatus: null,
    responseType: 'text',
    transformResponse: [],
    headers: { accept: 'application/json' },
  };
}
