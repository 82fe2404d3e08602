#pragma once
// Takes commands to wallets.

#include "commands.hpp"
#include "seriatim/repository.hpp"
#include "seriatim/types.hpp"

namespace wallet {

struct WalletCommandHandler {
  using Commands = seriatim::types<CreateWallet, AddMoney, DrawMoney>;

  void handle(const CreateWallet& command, seriatim::Repository& repository) const;
  void handle(const AddMoney& command, seriatim::Repository& repository) const;
  void handle(const DrawMoney& command, seriatim::Repository& repository) const;
};

}  // namespace wallet
