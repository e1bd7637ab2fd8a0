import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { RequiredCommentId } from '../../target.dto.js';

/** The longest message, in bytes of UTF-8 (Messenger Platform, "Send API"). */
const MESSAGE_MAX_BYTES = 1000;

/** `client_data` of `POST /comment/private-reply`. */
export class PrivateReplyClientData {
  @RequiredCommentId()
  comment_id: string;

  @ApiProperty({
    description: `The message: plain text of at most ${String(MESSAGE_MAX_BYTES)} bytes of UTF-8.`,
    example: 'Thank you! Please send us your order number here.',
  })
  @ValidateBy(
    { name: 'messageText', validator: { validate: isMessageText } },
    {
      message: `must be text of at most ${String(MESSAGE_MAX_BYTES)} bytes, not only whitespace`,
    },
  )
  message: string;
}

function isMessageText(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    Buffer.byteLength(value) <= MESSAGE_MAX_BYTES
  );
}
