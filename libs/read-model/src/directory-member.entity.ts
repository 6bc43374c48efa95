import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'directory_member', schema: 'hub', synchronize: false })
export class DirectoryMember {
  @PrimaryColumn('uuid', { name: 'tenant_id' })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'group_id' })
  groupId!: string;

  @PrimaryColumn('uuid', { name: 'member_id' })
  memberId!: string;

  @Column('text', { name: 'member_type' })
  memberType!: 'User' | 'Group';
}
