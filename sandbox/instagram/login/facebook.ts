import { randomBytes } from 'node:crypto';
import { badParameter, GraphError } from '../graph/graph-error.js';
import type { GraphCall } from '../graph/graph-call.js';
import { SANDBOX_APP } from '../omniwear.js';
import type { AccessToken, World } from '../world.js';
import { type Page, PEOPLE, type Person } from './people.js';

/** Permissions in the sandbox's only configuration of Facebook Login for Business. */
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

/** Facebook's part of the login: codes, tokens and the Pages that they give access to. */
export class Facebook {
  private readonly codes = new Map<string, Code>();

  constructor(private readonly world: World) {}

  /** Issues the code for a person who allowed the app. */
  issueCode(person: Person, redirectUri: string, requested: string | undefined): string {
    const code = `AQ${randomBytes(48).toString('base64url')}`;
    const scopes = requested === undefined ? CONFIGURED_SCOPES : requested.split(',');
    this.codes.set(code, {
      person,
      redirectUri,
      scopes: scopes.filter((scope) => !person.declines.includes(scope)),
      endsAt: this.world.clock.now() + person.codeSeconds * 1000,
      used: false,
    });
    return code;
  }

  /** `/oauth/access_token`: exchanges a code or a token for a new token. */
  exchange(call: GraphCall): object {
    if (call.required('client_id') !== SANDBOX_APP.id) {
      throw new GraphError(101, 'Error validating application. Invalid application ID.');
    }
    if (call.required('client_secret') !== SANDBOX_APP.secret) {
      throw new GraphError(1, 'Error validating client secret.');
    }
    if (call.parameter('grant_type') === 'fb_exchange_token') {
      const token = this.world.validToken(call.required('fb_exchange_token'));
      return this.issueToken({ ...token, issuedAt: this.world.clock.now() }, LONG_LIVED_SECONDS);
    }
    return this.redeemCode(call.required('code'), call.required('redirect_uri'));
  }

  /** `/{user-id}/accounts`: the Pages of the person behind a token. */
  listPages(token: AccessToken): readonly Page[] {
    const pages = PEOPLE.find(({ userId }) => userId === token.userId)?.pages ?? [];
    // Meta lists the Pages of a business portfolio only with business_management.
    const seesPortfolios = token.scopes.includes('business_management');
    return pages.filter(({ id }) => seesPortfolios || !this.world.portfolioPages.has(id));
  }

  /** Issues the Page's own token. The sandbox's Page tokens do not expire. */
  issuePageToken(page: Page, token: AccessToken): string {
    const igUserIds = page.igUserId === undefined ? [] : [page.igUserId];
    return this.store({ ...token, type: 'PAGE', igUserIds, profileId: page.id, expiresAt: 0 });
  }

  private redeemCode(text: string, redirectUri: string): object {
    const code = this.codes.get(text);
    // Meta does not document these codes and subcodes; they come from reports.
    if (code === undefined) throw badParameter('Invalid verification code format.');
    if (code.redirectUri !== redirectUri)
      throw invalidCode('redirect_uri is not identical', 36_008);
    if (code.used) throw invalidCode('This authorization code has been used.', 36_009);
    if (code.endsAt <= this.world.clock.now()) {
      throw invalidCode('This authorization code has expired.', 36_007);
    }
    code.used = true;
    const now = this.world.clock.now();
    return this.issueToken(
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

  private issueToken(token: AccessToken, seconds: number): object {
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

function invalidCode(message: string, subcode: number): GraphError {
  return new GraphError(100, message, { subcode });
}
