import type { HttpModuleOptions } from '@nestjs/axios';
import type { Configuration } from '../config/index.js';
import type { ConnectionAgents } from './connection-agents.js';

/**
 * The largest answer to read. A page of 50 comments, each with 50 replies of 2,200 characters,
 * would have 6 MB; real comments have a twentieth of that.
 */
const ANSWER_MAX_BYTES = 4_194_304;
/** The largest request: a comment of 2,200 characters, each of up to 12 bytes in JSON. */
const REQUEST_MAX_BYTES = 32_768;

/**
 * How the service connects to the Graph API. By default, axios has no limits, follows redirects,
 * obeys proxy variables of the environment and lets an absolute URL replace the host. The last
 * three would send the token elsewhere.
 */
export function connectionPolicy(
  { instagramGraphUrl, instagramGraphVersion }: Configuration,
  agents: ConnectionAgents,
): HttpModuleOptions {
  return {
    baseURL: `${instagramGraphUrl}/${instagramGraphVersion}`,
    allowAbsoluteUrls: false,
    httpAgent: agents.http,
    httpsAgent: agents.https,
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
