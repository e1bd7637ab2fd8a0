import { ApiSchema } from '@nestjs/swagger';

/** `client_data` of `POST /account`. */
@ApiSchema({ description: 'No fields: the metadata names the account.' })
export class AccountClientData {}
