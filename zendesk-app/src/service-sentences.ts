import type { TextName, Texts } from './texts.js';

/** What the service says about an error or about an ability that an account lacks. */
export interface ServiceError {
  readonly code: string | undefined;
  /** In English. */
  readonly message: string;
  /** In English. */
  readonly fix: string | undefined;
  /** The missing permission or setting (docs/protocol.md, "POST /account"). */
  readonly missing?: string | undefined;
}

/** Sentences for the agent. */
export interface ServiceSentences {
  readonly message: string;
  readonly fix: string | undefined;
  /** Whether the sentences are in English although the app's language is another one. */
  readonly isEnglish: boolean;
  /** The service's sentences, in English, if they are not shown. */
  readonly original?: string;
}

/** What helps against the errors with these codes. */
const FIXES: Readonly<Record<string, TextName | undefined>> = {
  metadata_invalid: 'fix_reconnect',
  auth_expired: 'fix_reconnect',
  auth_revoked: 'fix_reconnect',
  auth_checkpoint: 'fix_checkpoint',
  permission_missing: 'fix_permission',
  like_requires_facebook_login: 'fix_facebook_login',
  facebook_login_required: 'fix_facebook_login',
  target_not_likeable: 'fix_look',
  target_unavailable: 'fix_look',
  private_reply_closed: 'fix_public_reply',
  ticket_unknown: 'fix_ticket',
  rate_limited: 'fix_later',
  action_blocked: 'fix_block',
  platform_unavailable: 'timeout_fix',
  deadline_exceeded: 'timeout_fix',
  internal: 'zendesk_failed_fix',
};

/**
 * Returns the service's sentences, which are in English and the most exact. In another language,
 * returns the app's own sentences for the code.
 */
export function toServiceSentences(
  texts: Pick<Texts, 'get' | 'find' | 'language'>,
  error: ServiceError,
): ServiceSentences {
  const { code = '', message, fix } = error;
  if (texts.language === 'en') return { message, fix, isEnglish: false };
  const translated = explainMissing(texts, error) ?? translateCode(texts, code);
  if (translated === undefined) return { message, fix, isEnglish: true };
  const original = [message, fix ?? ''].join(' ').trim();
  return { ...translated, isEnglish: false, original };
}

type Translation = Pick<ServiceSentences, 'message' | 'fix'>;

function translateCode(texts: Pick<Texts, 'get' | 'find'>, code: string): Translation | undefined {
  const message = texts.find(`error_${code}`);
  const fix = Object.hasOwn(FIXES, code) ? FIXES[code] : undefined;
  if (message === undefined) return undefined;
  return { message, fix: fix === undefined ? undefined : texts.get(fix) };
}

/** Explains what an administrator must add. */
function explainMissing(
  texts: Pick<Texts, 'get'>,
  { code, missing }: ServiceError,
): Translation | undefined {
  if (code !== 'permission_missing' || missing === undefined) return undefined;
  switch (missing) {
    case 'ALLOWED_ACTIONS':
      return { message: texts.get('switched_off'), fix: texts.get('fix_setting') };
    case 'facebook_page':
      return { message: texts.get('no_page'), fix: texts.get('fix_reconnect') };
    default: {
      const values = { permission: missing };
      return { message: texts.get('no_permission', values), fix: texts.get('fix_grant', values) };
    }
  }
}
