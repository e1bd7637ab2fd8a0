import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { SIGNED_REQUEST_MAX_CHARS } from './signed-request.js';

/** What Meta POSTs, as a form, about a person (Meta, "Data deletion callback"). */
export class SignedRequest {
  @ApiProperty({
    description: 'Signed with the app’s secret.',
    maxLength: SIGNED_REQUEST_MAX_CHARS,
  })
  @MaxLength(SIGNED_REQUEST_MAX_CHARS, { message: 'is too long' })
  @IsString({ message: 'must be given once, as a string' })
  signed_request: string;
}

/** What Meta shows the person (Meta, "Data deletion callback"). */
export class DeletionAnswer {
  @ApiProperty({ format: 'uri', description: 'A page that tells what became of it.' })
  url: string;

  @ApiProperty()
  confirmation_code: string;
}

/** Meta does not read the answer. */
export class DeauthorizeAnswer {
  @ApiProperty({ enum: [true] })
  success: true;
}
