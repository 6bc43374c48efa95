import { All, Controller, UseFilters, UseGuards } from '@nestjs/common';
import { ScimError } from '@rollcall/scim';
import { ScimErrorFilter } from './scim-error.filter.js';
import { ScimGuard } from './scim.guard.js';

/** RFC 7644 section 3.11: a server without an authenticated person answers 501. */
@Controller('scim/v2/Me')
@UseGuards(ScimGuard)
@UseFilters(ScimErrorFilter)
export class MeController {
  @All()
  refuse(): never {
    throw new ScimError(
      501,
      'The bearer token stands for a source, not for a person, so there is no /Me. Name the user: /Users/{id}.',
    );
  }
}
