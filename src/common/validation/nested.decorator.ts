import 'reflect-metadata';
import { applyDecorators } from '@nestjs/common';
import { IsArray, IsObject, ValidateNested } from 'class-validator';

const NESTED = Symbol('nested type');

type Constructor = new () => object;

/** The field contains an object of this class. It is required unless it is `Optional`. */
export function Nested(type: () => Constructor): PropertyDecorator {
  return applyDecorators(
    remember(type),
    IsObject({ message: 'must be an object' }),
    ValidateNested(),
  );
}

/** The field contains a list of objects of this class. */
export function NestedList(
  type: () => Constructor,
  { message }: { readonly message: string },
): PropertyDecorator {
  return applyDecorators(
    remember(type),
    IsArray({ message: 'must be a list' }),
    // Nested validation alone accepts a list inside the list.
    IsObject({ each: true, message }),
    ValidateNested({ each: true, message }),
  );
}

/** The class of a field's objects, or undefined for other fields. */
export function nestedType(owner: Constructor, field: string): Constructor | undefined {
  const type = Reflect.getMetadata(NESTED, owner.prototype as object, field) as
    (() => Constructor) | undefined;
  return type?.();
}

function remember(type: () => Constructor): PropertyDecorator {
  return Reflect.metadata(NESTED, type);
}
