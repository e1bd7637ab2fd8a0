import { BooleanOrText } from '../boolean-or-text.decorator.js';
import { TargetFields } from '../target.dto.js';

/** `client_data` of `POST /like`: the requested state, never a toggle. */
export class LikeClientData extends TargetFields {
  @BooleanOrText('Whether the account should like it.')
  liked: boolean;
}
