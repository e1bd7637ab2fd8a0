import { Module } from '@nestjs/common';
import { CredentialsService } from './credentials.service.js';

/** Metadata string in, account out. */
@Module({ providers: [CredentialsService], exports: [CredentialsService] })
export class CredentialsModule {}
