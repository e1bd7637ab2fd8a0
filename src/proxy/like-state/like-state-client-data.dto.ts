import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize } from 'class-validator';
import { isJsonObject, type JsonObject } from '../../common/json-object.js';
import { ExactlyOneOf } from '../../common/validation/exactly-one-of.decorator.js';
import { NestedList } from '../../common/validation/nested.decorator.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { acceptTarget, CommentId, MediaId, TargetFields, TicketId } from '../target.dto.js';

/** A ticket shows one page of comments, and Instagram returns at most 50 a page. */
const TARGETS_MAX = 50;

/** `client_data` of `POST /like/state`: one target, or a list of them. */
export class LikeStateClientData {
  @MediaId()
  @ExactlyOneOf('media_id', 'comment_id', 'ticket_id', 'targets')
  media_id?: string;

  @CommentId()
  comment_id?: string;

  @TicketId()
  ticket_id?: number;

  @ApiPropertyOptional({ type: [TargetFields], minItems: 1, maxItems: TARGETS_MAX })
  @Optional()
  @ArrayMaxSize(TARGETS_MAX, { message: `must have at most ${String(TARGETS_MAX)} targets` })
  @ArrayMinSize(1, { message: 'must have at least one target' })
  @NestedList(() => TargetFields, {
    message: 'must be a list of objects with a media_id or a comment_id',
  })
  targets?: TargetFields[];

  static accept(json: JsonObject): LikeStateClientData | undefined {
    const { targets: list } = json;
    if (!Array.isArray(list)) return acceptTarget(LikeStateClientData, json);
    if (Object.keys(json).length > 1 || list.length > TARGETS_MAX) return undefined;
    const targets = list.map((entry: unknown) =>
      isJsonObject(entry) ? acceptTarget(TargetFields, entry) : undefined,
    );
    const known = targets.filter((target) => target !== undefined);
    if (known.length === 0 || known.length < targets.length) return undefined;
    return Object.assign(new LikeStateClientData(), { targets: known });
  }
}
