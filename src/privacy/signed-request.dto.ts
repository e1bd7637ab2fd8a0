import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { SIGNED_REQUEST_MAX_CHARS } from './signed-request.js';

/** The form that Meta posts about a person (Meta, "Data deletion callback"). */
export class SignedRequest {
  @ApiProperty({
    description: 'Signed with the app’s secret.',
    maxLength: SIGNED_REQUEST_MAX_CHARS,
  })
  @MaxLength(SIGNED_REQUEST_MAX_CHARS, { message: 'is too long' })
  @IsString({ message: 'must be a single string' })
  signed_request: string;
}

/** Meta shows this to the person (Meta, "Data deletion callback"). */
export class DeletionAnswer {
  @ApiProperty({ format: 'uri', description: 'A page that shows the result of the deletion.' })
  url: string;

  @ApiProperty()
  confirmation_code: string;
}

/** Meta ignores the answer. */
export class DeauthorizeAnswer {
  @ApiProperty({ enum: [true] })
  success: true;
}
