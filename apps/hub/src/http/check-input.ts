import { BadRequestException, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import type { FieldProblem } from './problem.js';

/** Input is what its DTO says and nothing else; every fault is named with its field, not only the first. */
export function checkInput(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    exceptionFactory: (errors) => {
      const problems = errors.flatMap((error) => fieldProblems(error));
      return new BadRequestException({
        message: problems.map(({ field, message }) => `${field}: ${message}`).join('; '),
        errors: problems,
      });
    },
  });
}

function fieldProblems(error: ValidationError, parent = ''): FieldProblem[] {
  const field = parent + error.property;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field,
    message:
      rule === 'whitelistValidation'
        ? 'is not a known field: remove it, or check its spelling'
        : // class-validator begins its messages with the property's name.
          message.startsWith(`${error.property} `)
          ? message.slice(error.property.length + 1)
          : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => fieldProblems(child, `${field}.`))];
}
