{{ landed('spend_accounts', 'benefit_accounts') }}
