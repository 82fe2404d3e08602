#include "wallet_command_handler.hpp"

#include "wallet.hpp"

namespace wallet {

void WalletCommandHandler::handle(const CreateWallet& command, seriatim::Repository& repository) const {
  repository.add<Wallet>(command.aggregate_id, command.user_id);
}

void WalletCommandHandler::handle(const AddMoney& command, seriatim::Repository& repository) const {
  repository.load<Wallet>(command.aggregate_id).add_money(command.amount, command.source);
}

void WalletCommandHandler::handle(const DrawMoney& command, seriatim::Repository& repository) const {
  repository.load<Wallet>(command.aggregate_id).draw_money(command.amount, command.destination);
}

}  // namespace wallet
