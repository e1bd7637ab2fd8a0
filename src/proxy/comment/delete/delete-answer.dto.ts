import { ApiProperty } from '@nestjs/swagger';

/** The answer of `POST /comment/delete`: Instagram confirmed it. */
export class DeleteAnswer {
  @ApiProperty({ enum: [true] })
  ok: true;

  @ApiProperty({ example: '17873440459141021' })
  comment_id: string;

  @ApiProperty({ enum: [true] })
  deleted: true;
}
