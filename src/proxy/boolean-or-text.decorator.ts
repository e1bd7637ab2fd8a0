import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';

/** The requested state: true, false, or either as a string. */
export function BooleanOrText(description: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      description: `${description} Zendesk's own example sends booleans as strings.`,
      oneOf: [{ type: 'boolean' }, { type: 'string', enum: ['true', 'false'] }],
      example: 'true',
    }),
    Transform(({ value }: { value: unknown }) => (isBooleanText(value) ? value === 'true' : value)),
    IsBoolean({ message: 'must be true, false, "true" or "false"' }),
  );
}

function isBooleanText(value: unknown): value is 'true' | 'false' {
  return value === 'true' || value === 'false';
}
