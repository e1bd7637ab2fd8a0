import { ApiPropertyOptional } from '@nestjs/swagger';
import { VISIBLE_ASCII } from '../../domain/formats.js';
import { Matches, MaxLength } from 'class-validator';
import type { JsonObject } from '../../common/json-object.js';
import { Optional } from '../../common/validation/optional.decorator.js';
import { CURSOR_MAX_CHARS } from '../../instagram/graph-objects.js';
import { BOOKMARK_EXTRA_CHARS } from '../../instagram/page-walk.js';
import { acceptTarget, TargetFields } from '../target.dto.js';

const AFTER_MAX_CHARS = CURSOR_MAX_CHARS + BOOKMARK_EXTRA_CHARS;

/** `client_data` of `POST /media`. */
export class MediaClientData extends TargetFields {
  @ApiPropertyOptional({
    description: 'The `after` of an earlier answer, to get the older comments that follow it.',
    type: String,
    maxLength: AFTER_MAX_CHARS,
  })
  @Optional()
  @MaxLength(AFTER_MAX_CHARS, { message: 'must be what an earlier answer gave' })
  @Matches(VISIBLE_ASCII, { message: 'must be what an earlier answer gave' })
  after?: string;

  static accept(json: JsonObject): MediaClientData | undefined {
    return acceptTarget(MediaClientData, json);
  }
}
