import { ApiProperty } from '@nestjs/swagger';

/** The answer of `POST /comment/private-reply`: Instagram accepted the message. */
export class PrivateReplyAnswer {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({ example: '17873440459141021' })
  comment_id: string;

  @ApiProperty({ description: "Instagram's id of the message." })
  message_id: string;
}
