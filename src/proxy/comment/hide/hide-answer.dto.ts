import { ApiProperty } from '@nestjs/swagger';

/** The answer of `POST /comment/hide`: Instagram confirmed the state. */
export class HideAnswer {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({ example: '17873440459141021' })
  comment_id: string;

  @ApiProperty()
  hidden: boolean;
}
