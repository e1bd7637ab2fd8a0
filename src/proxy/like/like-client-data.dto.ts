import type { JsonObject } from '../../common/json-object.js';
import { BooleanOrText } from '../boolean-or-text.decorator.js';
import { acceptTarget, TargetFields } from '../target.dto.js';

/** `client_data` of `POST /like`: the requested state, never a toggle. */
export class LikeClientData extends TargetFields {
  @BooleanOrText('Whether the account should like it.')
  liked: boolean;

  static accept(json: JsonObject): LikeClientData | undefined {
    const { liked } = json;
    const isLiked = liked === true || liked === 'true';
    if (!isLiked && liked !== false && liked !== 'false') return undefined;
    return acceptTarget(LikeClientData, json, { liked: isLiked });
  }
}
