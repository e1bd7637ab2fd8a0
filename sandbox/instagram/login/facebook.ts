import { randomBytes } from 'node:crypto';
import { badParameter, GraphError } from '../graph-error.js';
import type { GraphCall } from '../graph-call.js';
import { SANDBOX_APP } from '../omniwear.js';
import type { AccessToken, World } from '../world.js';
import { type Page, PEOPLE, type Person } from './people.js';

/** What Facebook Login for Business asks for, with the sandbox's one configuration. */
const CONFIGURED_SCOPES = [
  'instagram_basic',
  'pages_show_list',
  'pages_read_engagement',
  'pages_read_user_content',
  'instagram_manage_comments',
  'instagram_manage_engagement',
];

const SHORT_LIVED_SECONDS = 5400;
const LONG_LIVED_SECONDS = 60 * 86_400;
const DATA_ACCESS_MS = 90 * 86_400_000;

interface Code {
  readonly person: Person;
  readonly redirectUri: string;
  readonly scopes: string[];
  readonly endsAt: number;
  used: boolean;
}

/** Facebook's part of the log-in: codes, tokens, and whose Pages they open. */
export class Facebook {
  private readonly codes = new Map<string, Code>();

  constructor(private readonly world: World) {}

  /** A person has let the app in. Returns the code. */
  grant(person: Person, redirectUri: string, asked: string | undefined): string {
    const code = `AQ${randomBytes(48).toString('base64url')}`;
    const scopes = asked === undefined ? CONFIGURED_SCOPES : asked.split(',');
    this.codes.set(code, {
      person,
      redirectUri,
      scopes: scopes.filter((scope) => !person.leavesOut.includes(scope)),
      endsAt: this.world.clock.now() + person.codeSeconds * 1000,
      used: false,
    });
    return code;
  }

  /** `/oauth/access_token`: a code or a token for a token. */
  exchange(call: GraphCall): object {
    if (call.required('client_id') !== SANDBOX_APP.id) {
      throw new GraphError(101, 'Error validating application. Invalid application ID.');
    }
    if (call.required('client_secret') !== SANDBOX_APP.secret) {
      throw new GraphError(1, 'Error validating client secret.');
    }
    if (call.parameter('grant_type') === 'fb_exchange_token') {
      const token = this.world.validToken(call.required('fb_exchange_token'));
      return this.mint({ ...token, issuedAt: this.world.clock.now() }, LONG_LIVED_SECONDS);
    }
    return this.tokenOfCode(call.required('code'), call.required('redirect_uri'));
  }

  /** `/{user-id}/accounts`: the Pages of the person behind a token. */
  pagesOf(token: AccessToken): readonly Page[] {
    const pages = PEOPLE.find(({ userId }) => userId === token.userId)?.pages ?? [];
    // Without business_management, Pages of a business portfolio are not listed.
    const seesPortfolios = token.scopes.includes('business_management');
    return pages.filter(({ id }) => seesPortfolios || !this.world.portfolioPages.has(id));
  }

  /** The Page's own token, which ends with the person's. */
  pageToken(page: Page, token: AccessToken): string {
    const igUserIds = page.igUserId === undefined ? [] : [page.igUserId];
    return this.store({ ...token, type: 'PAGE', igUserIds, profileId: page.id, expiresAt: 0 });
  }

  private tokenOfCode(text: string, redirectUri: string): object {
    const code = this.codes.get(text);
    // Meta's codes and subcodes of these are from reports, not from its documentation.
    if (code === undefined) throw badParameter('Invalid verification code format.');
    if (code.redirectUri !== redirectUri)
      throw refusedCode('redirect_uri is not identical', 36_008);
    if (code.used) throw refusedCode('This authorization code has been used.', 36_009);
    if (code.endsAt <= this.world.clock.now()) {
      throw refusedCode('This authorization code has expired.', 36_007);
    }
    code.used = true;
    const now = this.world.clock.now();
    return this.mint(
      {
        product: 'facebook_login',
        type: 'USER',
        userId: code.person.userId,
        igUserIds: code.person.pages.flatMap(({ igUserId }) => igUserId ?? []),
        scopes: code.scopes,
        issuedAt: now,
        expiresAt: 0,
        dataAccessExpiresAt: now + DATA_ACCESS_MS,
      },
      SHORT_LIVED_SECONDS,
    );
  }

  private mint(token: AccessToken, seconds: number): object {
    const expiresAt = Math.floor(this.world.clock.now() / 1000) + seconds;
    return {
      access_token: this.store({ ...token, expiresAt }),
      token_type: 'bearer',
      expires_in: seconds,
    };
  }

  private store(token: AccessToken): string {
    const text = `EAA${randomBytes(120).toString('base64url')}`;
    this.world.tokens.set(text, token);
    return text;
  }
}

function refusedCode(message: string, subcode: number): GraphError {
  return new GraphError(100, message, { subcode });
}
