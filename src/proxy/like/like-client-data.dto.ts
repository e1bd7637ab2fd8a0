import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';
import { ExactlyOneOf } from '../../common/validation/exactly-one-of.decorator.js';
import { CommentId, MediaId } from '../target.dto.js';

/** `client_data` of `POST /like`: the state that is wished for, never a toggle. */
export class LikeClientData {
  @MediaId()
  @ExactlyOneOf('media_id', 'comment_id')
  media_id?: string;

  @CommentId()
  comment_id?: string;

  @ApiProperty({
    description: "Whether the account shall like it. Zendesk's own example sends it as a string.",
    oneOf: [{ type: 'boolean' }, { type: 'string', enum: ['true', 'false'] }],
    example: 'true',
  })
  @Transform(({ value }: { value: unknown }) => (isBooleanText(value) ? value === 'true' : value))
  @IsBoolean({ message: 'must be true, false, "true" or "false"' })
  liked: boolean;
}

function isBooleanText(value: unknown): value is 'true' | 'false' {
  return value === 'true' || value === 'false';
}
